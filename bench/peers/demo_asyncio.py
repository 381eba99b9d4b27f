"""The trading demo on asyncio, with the event bus that tutorials teach: a queue, a worker that
waits for it with a time-out, and gather() over the handlers. `demo EVENTS` prints ns per event."""

import asyncio
import sys
import time
from collections import defaultdict


class EventBus:
    def __init__(self):
        self._handlers = defaultdict(list)
        self._queue = asyncio.Queue(1024)
        self._running = False

    def subscribe(self, name, handler):
        self._handlers[name].append(handler)

    async def publish(self, name, data):
        await self._queue.put((name, data))

    async def run(self):
        self._running = True
        while self._running:
            try:
                name, data = await asyncio.wait_for(self._queue.get(), timeout=1.0)
            except asyncio.TimeoutError:
                continue
            handlers = self._handlers.get(name, [])
            await asyncio.gather(*(h(data) for h in handlers), return_exceptions=True)

    def stop(self):
        self._running = False


class Strategy:
    def __init__(self, bus, events):
        self.bus, self.events = bus, events
        self.handled = self.total = 0
        self.killed = False

    async def on_market_data(self, data):
        if self.killed:
            return
        self.total += data["price"]
        self.handled += 1
        if self.handled == self.events:
            self.bus.stop()


class RiskGuard:
    def __init__(self, strategy):
        self.strategy = strategy

    async def on_market_data(self, data):
        if data["price"] > 10**12:
            self.strategy.killed = True


async def demo(events):
    bus = EventBus()
    strategy = Strategy(bus, events)
    bus.subscribe("market_data", strategy.on_market_data)
    bus.subscribe("market_data", RiskGuard(strategy).on_market_data)
    worker = asyncio.create_task(bus.run())
    for i in range(events):
        await bus.publish("market_data", {"symbol": "BTC-USD", "price": 45000 + i, "volume": 1000})
    await worker
    if strategy.total != 45000 * events + events * (events - 1) // 2:
        sys.exit("wrong sum")


def main():
    events = max(int(sys.argv[2]) // 20, 100)
    began = time.thread_time_ns()
    asyncio.run(demo(events))
    print((time.thread_time_ns() - began) / events)


main()
