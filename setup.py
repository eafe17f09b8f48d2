"""Packaging entry; the metadata is in pyproject.toml.

What stands here cannot be said there: the repository's ``config`` folder is installed as the
package ``acd_plugin.config_files``, so that an installed copy finds its configuration.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["acd_plugin", "acd_plugin.*"]), "acd_plugin.config_files"],
    package_dir={"acd_plugin.config_files": "config"},
    package_data={
        "acd_plugin": ["py.typed", "*.pyi"],
        "acd_plugin.analysis.replay": ["page/*"],  # the frame, looks and scripts of a web page
        "acd_plugin.config_files": ["**/*.yaml"],
        "acd_plugin.hosts.epymarl": ["stand_ins/*.py"],  # files, not a package: see checkout.py
    },
)
