"""Files that name other files: a playlist, a manifest, a list."""

DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:full:2011" type="static"
 mediaPresentationDuration="PT1S" minBufferTime="PT1S"><Period><AdaptationSet mimeType="{kind}/mp4">
<Representation id="0" bandwidth="1000" mimeType="{kind}/mp4" codecs="mp4a.40.2"><BaseURL>file://{path}</BaseURL>
<SegmentBase/></Representation></AdaptationSet></Period></MPD>"""

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n"

PLAYLISTS = {"dash": DASH, "hls": HLS, "ffconcat": "ffconcat version 1.0\nfile '{path.name}'\n"}


def write_playlist(path, form, target, kind="audio"):
    """A file at `path` that names `target`, in the form `form`."""
    path.write_text(PLAYLISTS[form].format(path=target, kind=kind))
    return path
