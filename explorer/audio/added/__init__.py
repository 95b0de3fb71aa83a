"""What somebody adds to the features of a sound: columns of numbers from arrays and files, and stems."""
