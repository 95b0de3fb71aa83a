"""Light and finish: from the numbers of a field to the frame, for every field alike."""

from explorer.fields.light.settings import Finish, Light

__all__ = ["Finish", "Light"]
