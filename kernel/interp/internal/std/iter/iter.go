// Package iter is what cells get for the functions of the standard library's package of that name: each runs the sequence
// in a goroutine, which waits for the next value to be asked for.
package iter

import "iter"

func Pull[V any](seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	ask, values := make(chan bool), make(chan V)
	done := false
	go func() {
		defer close(values)
		if !<-ask {
			return
		}
		seq(func(v V) bool { values <- v; return <-ask })
	}()
	next = func() (V, bool) {
		var zero V
		if done {
			return zero, false
		}
		ask <- true
		v, ok := <-values
		done = !ok
		return v, ok
	}
	stop = func() {
		if !done {
			done = true
			ask <- false
			<-values
		}
	}
	return next, stop
}

func Pull2[K, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	ask, keys, values := make(chan bool), make(chan K), make(chan V)
	done := false
	go func() {
		defer close(keys)
		if !<-ask {
			return
		}
		seq(func(k K, v V) bool { keys <- k; values <- v; return <-ask })
	}()
	next = func() (K, V, bool) {
		var k K
		var v V
		if done {
			return k, v, false
		}
		ask <- true
		k, ok := <-keys
		if !ok {
			done = true
			return k, v, false
		}
		v = <-values
		return k, v, true
	}
	stop = func() {
		if !done {
			done = true
			ask <- false
			<-keys
		}
	}
	return next, stop
}
