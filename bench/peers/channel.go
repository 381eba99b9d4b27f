// Go's buffered channel: `channel cross PRODUCERS EVENTS` prints million events per second.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

type tick struct {
	symbol                       [16]byte
	price, lane, stamp, sequence int64
	unused                       [16]byte
}

func produce(out chan<- tick, lane, n int64) {
	e := tick{lane: lane}
	copy(e.symbol[:], "BTC-USD")
	for i := int64(0); i < n; i++ {
		e.price = i
		e.sequence = i
		out <- e
	}
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: channel cross PRODUCERS EVENTS")
		os.Exit(2)
	}
	producers, _ := strconv.ParseInt(os.Args[2], 10, 64)
	events, _ := strconv.ParseInt(os.Args[3], 10, 64)
	each := events / producers
	events = each * producers
	channel := make(chan tick, 1024)
	begin := time.Now()
	for p := int64(0); p < producers; p++ {
		go produce(channel, p, each)
	}
	sum := int64(0)
	for i := int64(0); i < events; i++ {
		e := <-channel
		sum += e.price
	}
	spent := time.Since(begin)
	if sum != producers*(each*(each-1)/2) {
		fmt.Fprintln(os.Stderr, "wrong sum")
		os.Exit(3)
	}
	fmt.Printf("%.4f\n", float64(events)/spent.Seconds()/1e6)
}
