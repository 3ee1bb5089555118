"""The power goes: what the disk had received is there, and nothing more (P13).

A file system in a file, mounted: what was written but not synced is in the memory of the kernel and not in the file.
So a copy of the file, while the writer is stopped, is what a power cut leaves. Needs root and a loop device.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.strict import unavailable

MEGABYTES = 48
SHORT, LONG = (1, 40), (10, 500)
WRITE = """
import sys
import sqlalchemy as sa
from portal.db import make_engine
engine = make_engine("sqlite:///" + sys.argv[1])
if sys.argv[2] == "NORMAL":
    sa.event.listen(engine, "connect", lambda raw, record: raw.execute("PRAGMA synchronous=NORMAL"))
number = 0
while True:
    number += 1
    with engine.execution_options(tx="write").begin() as conn:
        conn.exec_driver_sql("INSERT INTO kept VALUES (?)", (number,))
    print(number, flush=True)
"""


@contextmanager
def mounted(image, place):
    """Mount a file; the kernel is asked to write nothing by itself for five minutes."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-o", "loop,commit=300", image, place]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    if asked.returncode:
        unavailable(f"a file cannot be mounted here, which a power cut needs (root, a loop device): {asked.stderr}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def new_image(path):
    maker = shutil.which("mkfs.ext4", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if os.geteuid() or maker is None:
        unavailable("a power cut needs root and mkfs.ext4 (on Debian: apt install e2fsprogs)")
    path.write_bytes(b"")
    os.truncate(path, MEGABYTES * 2**20)
    subprocess.run([maker, "-q", "-F", path], check=True)
    return path


def cut(folder, mode, wanted):
    """Write, cut the power, start again elsewhere; give how many were acknowledged, and what is there."""
    image, after = new_image(folder / "disk"), folder / "after"
    with mounted(image, folder / "at work") as disk:
        with sqlite3.connect(disk / "portal.db") as raw:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY)")
        raw.close()
        subprocess.run(["sync", "--file-system", disk], check=True)
        command = [sys.executable, "-c", WRITE, disk / "portal.db", mode]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            told = [int(writer.stdout.readline()) for _ in range(wanted)]
            writer.send_signal(signal.SIGSTOP)
            os.waitpid(writer.pid, os.WUNTRACED)  # stopped: it acknowledges nothing during the copy
            shutil.copyfile(image, after)
            writer.kill()
            # read after the copy, written before it: acknowledged as well
            told += [int(line) for line in writer.stdout.read().split()]
    with mounted(after, folder / "again") as disk:
        raw = sqlite3.connect(disk / "portal.db")
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = [number for (number,) in raw.execute("SELECT number FROM kept")]
        raw.close()
    return len(set(told)), len(set(told) - set(found))


@pytest.mark.parametrize("mode", ["FULL", "NORMAL"])
def test_a_power_cut_loses_nothing_and_with_less_care_it_does(tmp_path, mode, proof, figure):
    rounds, wanted = LONG if proof else SHORT
    told = lost = 0
    for number in range(rounds):
        (tmp_path / str(number)).mkdir()
        one, two = cut(tmp_path / str(number), mode, wanted)
        told, lost = told + one, lost + two
    aim = "0" if mode == "FULL" else "more than 0: the control"
    figure(f"acknowledged writes lost by a power cut, synchronous={mode}", "sqlite", aim=aim, found=f"{lost} of {told}")
    assert told >= rounds * wanted
    assert (lost == 0) == (mode == "FULL"), (lost, told)
