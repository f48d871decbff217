package experiment

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Set changes one field of s by its name in the record, from text: "temperature" "0.2", "views.blur" "0.5". An
// unknown name is an error with the nearest one, and so is a zero where zero stands for the default: it would train
// with something else than was asked for. On an error s is as it was.
func (s *Setting) Set(name, value string) error {
	changed := *s
	if head, rest, nested := strings.Cut(name, "."); nested && head == "views" {
		if changed.Views == (Views{}) {
			changed.Views = defaultViews
		}
		if err := set(reflect.ValueOf(&changed.Views).Elem(), "views.", rest, value); err != nil {
			return err
		}
		*s = changed
		return nil
	}
	if err := set(reflect.ValueOf(&changed).Elem(), "", name, value); err != nil {
		return err
	}
	if got, runs := field(changed, name), field(changed.Complete(), name); got.IsZero() && !runs.IsZero() {
		return fmt.Errorf("setting %s = %q: it stands for the default, %v: leave it out, or give another", name, value, runs)
	}
	*s = changed
	return nil
}

// field is the field of s that is called name in a record.
func field(s Setting, name string) reflect.Value {
	fields := reflect.ValueOf(s)
	for i := range fields.NumField() {
		if jsonName(fields.Type().Field(i)) == name {
			return fields.Field(i)
		}
	}
	panic("experiment: no field " + name)
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func set(fields reflect.Value, prefix, name, value string) error {
	var names []string
	for i := range fields.NumField() {
		tag := jsonName(fields.Type().Field(i))
		if tag == "version" || tag == "views" {
			continue
		}
		names = append(names, prefix+tag)
		if tag != name {
			continue
		}
		text := value
		if fields.Field(i).Kind() == reflect.String {
			text = strconv.Quote(value)
		}
		err := json.Unmarshal([]byte(text), fields.Field(i).Addr().Interface())
		if err != nil || strings.TrimSpace(text) == "null" { // which JSON lets be the value that was there
			return fmt.Errorf("setting %s%s = %q: it is a %s", prefix, name, value, kinds[fields.Field(i).Kind()])
		}
		return nil
	}
	return suggest.Unknown("setting", prefix+name, names)
}

var kinds = map[reflect.Kind]string{
	reflect.Int: "whole number", reflect.Uint64: "whole number, not negative", reflect.Float64: "number", reflect.Bool: "true or false", reflect.String: "text",
}
