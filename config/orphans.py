"""A web worker whose server was killed must not go on holding the port."""

import os
import signal
import threading
import time

CHECK_SECONDS = 1.0
SERVER_PID = "KHAOSAT_SERVER_PID"  # set by `serve` for the processes that it starts


def end_with_server() -> None:
    """Start the watch, in a worker of `serve`; elsewhere (other servers, tests) do nothing."""
    server = os.environ.get(SERVER_PID)
    if server == str(os.getppid()):
        threading.Thread(target=_watch, args=(int(server),), daemon=True).start()


def _watch(server: int) -> None:
    while os.getppid() == server:
        time.sleep(CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(CHECK_SECONDS)
    os._exit(1)  # its own shutdown waits for a server that is gone
