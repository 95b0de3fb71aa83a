"""Commands about the weights of pretrained models."""
