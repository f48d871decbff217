// Package errors is what cells get for the generic function of the standard library's package of that name.
package errors

import "errors"

func AsType[E error](err error) (E, bool) {
	var e E
	ok := errors.As(err, &e)
	return e, ok
}
