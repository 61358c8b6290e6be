"""Installs what is missing, with apt-get, and says what could not be had."""
import glob
import os
import shutil
import subprocess


def has(what):
    if what == "python:Python.h":
        code = "import sysconfig, os, sys; sys.exit(not os.path.exists(sysconfig.get_paths()['include'] + '/Python.h'))"
        return subprocess.run(["python3", "-c", code]).returncode == 0
    if what.startswith("python:"):
        return subprocess.run(["python3", "-c", f"import {what[7:]}"], stderr=subprocess.DEVNULL).returncode == 0
    return bool(glob.glob(what)) if what.startswith("/") else shutil.which(what) is not None


def apt_get(log, *arguments):
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment).returncode == 0
    except FileNotFoundError:
        return False


def install(needs, log_path):
    """needs: {what: package}. Returns {what: why it could not be had}."""
    missing = {what: package for what, package in needs.items() if not has(what)}
    if not missing:
        return {}
    packages = sorted(set(missing.values()))
    print(f"installing {', '.join(f'{package} (for {what})' for what, package in sorted(missing.items()))}", flush=True)
    with open(log_path, "w") as log:
        updated = apt_get(log, "update")
        if not apt_get(log, "install", "-y", "--no-install-recommends", *packages):
            for package in packages:  # one that cannot be had must not keep the others away
                apt_get(log, "install", "-y", "--no-install-recommends", package)
    why = "apt-get could not install" if updated else "the package registry is out of reach, apt-get could not install"
    return {what: f"{what} is missing and {why} {package} (see {log_path})"
            for what, package in missing.items() if not has(what)}
