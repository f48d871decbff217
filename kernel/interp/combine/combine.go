// Package combine knows the compiled types that have the methods of several interfaces, for values of cells' types that
// linked packages ask for more than one.
package combine

import "reflect"

// Combination is a struct whose first field, Object, is the cell's value; the others are embedded interfaces.
type Combination struct {
	Struct  reflect.Type
	Base    reflect.Type   // the interface that a value is handed over as
	Further []reflect.Type // those that it is asked for besides
}

// All are the combinations, those with more interfaces first.
var All []Combination

// Add makes a combination known: T is a struct of a field Object any, the base, and further interfaces, all embedded.
func Add[T any]() {
	t := reflect.TypeFor[T]()
	c := Combination{Struct: t, Base: t.Field(1).Type}
	for i := 2; i < t.NumField(); i++ {
		c.Further = append(c.Further, t.Field(i).Type)
	}
	at := 0
	for at < len(All) && len(All[at].Further) >= len(c.Further) {
		at++
	}
	All = append(All[:at:at], append([]Combination{c}, All[at:]...)...)
}
