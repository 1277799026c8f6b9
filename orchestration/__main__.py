"""python -m orchestration: Dagster on this machine, and its page in a browser.

DAGSTER_HOME (default: warehouse/dagster) keeps its runs, PORT (default: 3000) is that of the page.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

CONFIG = Path(__file__).with_name("dagster.yaml")
PATIENCE_SECONDS = 300


def open_when_there(page: str) -> None:
    """Open the page once it answers."""
    for _ in range(PATIENCE_SECONDS):
        try:
            urllib.request.urlopen(page, timeout=5).close()
        except (OSError, urllib.error.URLError):
            time.sleep(1)
            continue
        print(f"· Dagster: {page} (stop it with Ctrl-C)", flush=True)
        webbrowser.open(page)
        return


def main() -> int:
    """Run it until it is stopped."""
    home = Path(os.environ.get("DAGSTER_HOME") or "warehouse/dagster").absolute()
    port = os.environ.get("PORT") or "3000"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / CONFIG.name).exists():
        shutil.copy(CONFIG, home)
    page = f"http://localhost:{port}"
    environ = {"ONE360_DAGSTER_URL": page, **os.environ, "DAGSTER_HOME": str(home)}
    threading.Thread(target=open_when_there, args=(page,), daemon=True).start()
    words = ["dev", "--module-name", "orchestration.definitions", "--port", port]
    try:
        return subprocess.run(
            [Path(sys.executable).with_name("dagster"), *words], env=environ, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
