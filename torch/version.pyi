# What the build writes to version.py (cmake/version.cmake).
__version__: str
pocket_version: str
debug: bool
cuda: str | None
git_version: str
hip: str | None
xpu: str | None
