#!/usr/bin/env python3
"""What a correct reader must find in a crypto capture, computed with exact decimals.

    expected.py TAPE... > expected.json

A tape is a file of lines `<local receive ns> <JSON>`, gzip or plain. Nothing of the C++ program is
used here: the two agree only if both are right.
"""
import gzip
import json
import os
import sys
from decimal import Decimal, getcontext

getcontext().prec = 80


def lines_of(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(path, "rt", encoding="utf-8") as file:
        yield from file


def expected(path):
    rows = back = same_time = chain_breaks = not_rising = longest = 0
    events, ids = {}, []
    first = last = event_ms = trade_ms = depth_id = quote_id = snapshot = quote = None
    quantity = taker = notional = Decimal(0)
    for line in lines_of(path):
        stamp, _, text = line.partition(" ")
        stamp, message = int(stamp), json.loads(text)
        rows += 1
        first = stamp if first is None else first
        longest = longest if last is None else max(longest, stamp - last)
        last = stamp
        data = message.get("data", message)
        kind = "rest_snapshot" if "lastUpdateId" in data else data.get("e", "bookTicker")
        events[kind] = events.get(kind, 0) + 1
        if "E" in data and kind != "rest_snapshot":
            back += event_ms is not None and data["E"] < event_ms
            event_ms = data["E"]
        if kind == "trade":
            price, size = Decimal(data["p"]), Decimal(data["q"])
            ids.append(data["t"])
            same_time += data["T"] == trade_ms
            trade_ms = data["T"]
            quantity += size
            notional += price * size
            if not data["m"]:
                taker += size
        elif kind == "bookTicker":
            not_rising += quote_id is not None and data["u"] <= quote_id
            quote_id = data["u"]
            quote = {name: data[name] for name in "bBaAu"}
        elif kind == "depthUpdate":
            before = data["pu"] if "pu" in data else data["U"] - 1
            chain_breaks += depth_id is not None and before != depth_id
            depth_id = data["u"]
        elif kind == "rest_snapshot":
            snapshot = data["lastUpdateId"]
    return {
        "rows": rows,
        "events": events,
        "first_local_ns": first,
        "last_local_ns": last,
        "longest_silence_ns": longest,
        "trades_first_id": ids[0] if ids else None,
        "trades_last_id": ids[-1] if ids else None,
        "trade_ids_missing": sum(b - a - 1 for a, b in zip(ids, ids[1:]) if b > a + 1),
        "trade_qty_total": f"{quantity:f}",
        "taker_buy_qty": f"{taker:f}",
        "trade_notional_total": f"{notional:f}",
        "trades_with_same_T_as_the_one_before": same_time,
        "depth_chain_breaks": chain_breaks,
        "book_ticker_update_id_not_rising": not_rising,
        "event_time_going_back_across_streams": back,
        "rest_snapshot_last_update_id": snapshot,
        "last_book_ticker": quote,
    }


if __name__ == "__main__":
    print(json.dumps({os.path.basename(p): expected(p) for p in sys.argv[1:]}, indent=1))
