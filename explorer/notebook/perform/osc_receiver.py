"""OSC messages over UDP (Wright 2002): any address as a controller, `/explorer/SETTING` in its own units."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from explorer.errors import SettingsError

PORT = 9000
THIS_COMPUTER = "127.0.0.1"
PREFIX = "/explorer/"
MISSING_EXTRA = 'python-osc is not installed; run: pip install "audio-feature-explorer[perform]"'


class OscReceiver:
    """Listens on a thread until `close`.

    `on_move` gets an address and its number, held within 0 and 1; `on_value` gets a setting and its value.
    Messages of other computers arrive only where `host` is an address of this one in their network, or
    0.0.0.0. Raises SettingsError where the port cannot be used.
    """

    def __init__(
        self,
        on_move: Callable[[str, float], None],
        on_value: Callable[[str, float], None],
        port: int = PORT,
        host: str = THIS_COMPUTER,
    ) -> None:
        try:
            from pythonosc.dispatcher import Dispatcher
            from pythonosc.osc_server import BlockingOSCUDPServer
        except ImportError:
            raise SettingsError(MISSING_EXTRA) from None
        self._on_move, self._on_value = on_move, on_value
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(self._receive)
        try:
            self._server = BlockingOSCUDPServer((host, port), dispatcher)
        except (OSError, OverflowError) as error:
            raise SettingsError(f"OSC cannot listen at {host}:{port}: {error}; choose another port") from None
        self.host, self.port = self._server.server_address[:2]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="explorer-osc", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Listen no more. May be called twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _receive(self, address: str, *arguments: Any) -> None:
        """A message, on the thread; those without a number are ignored."""
        numbers = [each for each in arguments if isinstance(each, int | float) and math.isfinite(each)]
        if not numbers:
            return
        if address.startswith(PREFIX):
            self._on_value(address.removeprefix(PREFIX).replace("/", "."), float(numbers[0]))
        else:
            self._on_move(address, min(max(float(numbers[0]), 0.0), 1.0))
