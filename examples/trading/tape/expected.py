#!/usr/bin/env python3
"""What a correct reader must find in a crypto capture, computed with exact decimals.

    expected.py TAPE... > expected.json

A tape is a file of lines `<local receive ns> <JSON>`, gzip or plain. Ids run per symbol, the rest is
of the whole tape. Nothing of the C++ program is used here: the two agree only if both are right.
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
    events, missing = {}, 0
    trade_ids, depth_ids, quote_ids = {}, {}, {}  # the latest of each symbol
    first = last = event_ms = trade_ms = snapshot = quote = first_trade = last_trade = None
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
        symbol = data.get("s")
        if "E" in data and kind != "rest_snapshot":
            back += event_ms is not None and data["E"] < event_ms
            event_ms = data["E"]
        if kind == "trade":
            price, size = Decimal(data["p"]), Decimal(data["q"])
            last_trade = data["t"]
            first_trade = last_trade if first_trade is None else first_trade
            missing += max(0, last_trade - trade_ids.get(symbol, last_trade) - 1)
            trade_ids[symbol] = last_trade
            same_time += "T" in data and data["T"] == trade_ms
            trade_ms = data.get("T")
            quantity += size
            notional += price * size
            if not data["m"]:
                taker += size
        elif kind == "bookTicker":
            not_rising += symbol in quote_ids and data["u"] <= quote_ids[symbol]
            quote_ids[symbol] = data["u"]
            quote = {name: data[name] for name in "bBaAu"}
        elif kind == "depthUpdate":
            before = data["pu"] if "pu" in data else data["U"] - 1
            chain_breaks += symbol in depth_ids and before != depth_ids[symbol]
            depth_ids[symbol] = data["u"]
        elif kind == "rest_snapshot":
            snapshot = data["lastUpdateId"]
    return {
        "rows": rows,
        "events": events,
        "first_local_ns": first,
        "last_local_ns": last,
        "longest_silence_ns": longest,
        "trades_first_id": first_trade,
        "trades_last_id": last_trade,
        "trade_ids_missing": missing,
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
