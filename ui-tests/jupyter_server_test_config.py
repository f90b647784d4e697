"""The Jupyter server of the tests in ui-tests/. Never use it for anything else: it has no password and no token."""

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # noqa: F821 (Jupyter provides c)

c.ServerApp.ip = "127.0.0.1"  # noqa: F821
c.ServerApp.port = int(os.environ["JUPYTER_TEST_PORT"])  # noqa: F821
c.ServerApp.allow_root = True  # noqa: F821
# The tests ask the page's application which kernel is connected; Notebook 7 is on the same server.
c.JupyterNotebookApp.expose_app_in_browser = True  # noqa: F821
# tslab may lose a request that comes while it starts: the server waits that long for the answer, and then asks again.
c.MappingKernelManager.kernel_info_timeout = 10  # noqa: F821
