package session

import (
	"runtime"
	"sync"
)

// spare is how many threads may run Go beyond the processors that there are. A cell whose goroutines keep all of them
// busy would otherwise make the goroutine that hears of an interrupt wait for its turn, 10 ms behind each: the operating
// system is quicker. What computes in parallel has asked for the number of processors before.
const spare = 4

var moreThreads = sync.OnceFunc(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + spare) })
