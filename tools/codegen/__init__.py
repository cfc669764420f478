"""Turns csrc/aten/ops/*.yaml into C++ and stubs; see docs/design/codegen.md.

Read in this order: model.py, schema.py, load.py, then one emit_*.py per kind of file.
"""
