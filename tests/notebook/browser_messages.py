"""What the browser sends when a user moves a control."""


def drag(widget, value):
    """Move a slider, or change the value of any other control."""
    state = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    widget.comm.handle_msg({"content": {"data": state}, "buffers": []})
