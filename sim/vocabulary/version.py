"""The version of the software, as manifests name it."""

VERSION = "0.1.0"
