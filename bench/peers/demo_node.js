// The trading demo on Node: a bounded array queue, an async loop, Promise.all over the handlers.
// `demo EVENTS` prints ns per event.
'use strict';

class Bus {
  constructor(capacity) {
    this.capacity = capacity;
    this.queue = [];
    this.head = 0;
    this.handlers = new Map();
    this.wakeConsumer = null;
    this.wakeProducer = null;
  }

  subscribe(name, handler) {
    if (!this.handlers.has(name)) this.handlers.set(name, []);
    this.handlers.get(name).push(handler);
  }

  async publish(name, data) {
    while (this.queue.length - this.head >= this.capacity)
      await new Promise((resolve) => (this.wakeProducer = resolve));
    this.queue.push([name, data]);
    const wake = this.wakeConsumer;
    this.wakeConsumer = null;
    if (wake) wake();
  }

  compact() {
    if (this.head < this.capacity) return;
    this.queue.splice(0, this.head);
    this.head = 0;
    const wake = this.wakeProducer;
    this.wakeProducer = null;
    if (wake) wake();
  }

  async run(events) {
    for (let i = 0; i < events; i++) {
      while (this.queue.length === this.head)
        await new Promise((resolve) => (this.wakeConsumer = resolve));
      const [name, data] = this.queue[this.head++];
      this.compact();
      await Promise.all((this.handlers.get(name) || []).map((handler) => handler(data)));
    }
  }
}

async function demo(events) {
  const bus = new Bus(1024);
  let total = 0;
  let killed = false;
  bus.subscribe('market_data', async (d) => {
    if (!killed) total += d.price;
  });
  bus.subscribe('market_data', async (d) => {
    if (d.price > 1e12) killed = true;
  });
  const began = process.hrtime.bigint();
  const running = bus.run(events);
  for (let i = 0; i < events; i++)
    await bus.publish('market_data', {symbol: 'BTC-USD', price: 45000 + i, volume: 1000});
  await running;
  const spent = Number(process.hrtime.bigint() - began);
  if (total !== 45000 * events + (events * (events - 1)) / 2) process.exit(3);
  return spent / events;
}

async function main() {
  const events = Math.max(Number(process.argv[3]), 100);
  await demo(Math.min(events, 20000));  // let the compiler warm up
  console.log(await demo(events));
}

main();
