// Package sync is what cells get for the generic functions of the standard library's package of that name.
package sync

import "sync"

func OnceValue[T any](f func() T) func() T {
	var once sync.Once
	var result T
	var failed any
	done := false
	return func() T {
		once.Do(func() {
			defer func() {
				if !done {
					failed = recover()
					panic(failed)
				}
			}()
			result = f()
			done = true
		})
		if !done {
			panic(failed)
		}
		return result
	}
}

func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var once sync.Once
	var r1 T1
	var r2 T2
	var failed any
	done := false
	return func() (T1, T2) {
		once.Do(func() {
			defer func() {
				if !done {
					failed = recover()
					panic(failed)
				}
			}()
			r1, r2 = f()
			done = true
		})
		if !done {
			panic(failed)
		}
		return r1, r2
	}
}
