"""Serves Langflow's own application with uvicorn: python serve.py HOST PORT

One process, unchanged Langflow. Not `langflow run`: that forks twice (1.4 GB instead of 0.55 GB, twice the time to
start) and silently moves to the next port when its own is taken; here a port in use is an error.
"""

import gc
import sys

# The imports take most of the start and make objects that live as long as the process. Looking through them for garbage
# again and again costs an eighth of that time; freezing them afterwards also keeps them out of every later collection.
gc.disable()

import uvicorn  # noqa: E402
from langflow.main import create_app  # noqa: E402

if __name__ == "__main__":
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.enable()
    uvicorn.run(
        app,
        host=sys.argv[1],
        port=int(sys.argv[2]),
        loop="asyncio",
        access_log=False,
        proxy_headers=False,
        # Otherwise a request on a kept-alive connection starts in the context of the one before, another tenant's perhaps.
        reset_contextvars=True,
    )
