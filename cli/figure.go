package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hardneg/hardneg/lib/experiment"
	"github.com/hardneg/hardneg/lib/figure"
)

const figureSynopsis = `figure [DIR] [--out DIR] [--steps FILE]

Draws figures and tables again from the records in DIR (out), one set for each group of records that may be compared.
With --steps it draws instead what peers/steps.py wrote into FILE: training steps beside PyTorch's.
`

func figureCommand(_ context.Context, args []string, out, errw io.Writer) int {
	set := flags("figure")
	to := set.String("out", "", "folder of the figures; empty is that of the records")
	steps := set.String("steps", "", "file of peers/steps.py")
	rest, err := parse(set, args, figureSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	if *steps != "" {
		if len(rest) > 0 {
			return fail(errw, usagef("figure --steps takes no folder of records: type `hardneg figure --steps %s`", *steps))
		}
		return stepsFigure(*steps, *to, out, errw)
	}
	if len(rest) > 1 {
		return fail(errw, usagef("figure takes one folder of records, got %d: type `hardneg figure %s`", len(rest), rest[0]))
	}
	dir := "out"
	if len(rest) == 1 {
		dir = rest[0]
	}
	if *to == "" {
		*to = dir
	}
	records, err := experiment.ReadRecords(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(errw, fmt.Errorf("there is no folder %s of records: name one, or make some with `hardneg reproduce E1 --size smoke --out %s`", dir, dir))
	}
	if err != nil {
		return fail(errw, err)
	}
	families := experiment.Families(records)
	if len(families) == 0 {
		return fail(errw, fmt.Errorf("%s holds no finished record: hardneg reproduce E1 --size smoke --out %s makes some", dir, dir))
	}
	used := map[string]int{}
	for _, f := range families {
		prefix := f.Setting.Dataset
		if used[prefix]++; used[prefix] > 1 {
			prefix = fmt.Sprintf("%s-%d", prefix, used[prefix])
		}
		paths, err := figure.SaveAll(*to, prefix, f)
		if err != nil {
			return fail(errw, err)
		}
		for _, p := range paths {
			fmt.Fprintln(out, p)
		}
	}
	return exitOK
}

// stepsFigure draws a file of peers/steps.py as steps.svg and steps.png.
func stepsFigure(path, dir string, out, errw io.Writer) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return fail(errw, err)
	}
	var all []figure.Steps
	if err := json.Unmarshal(text, &all); err != nil {
		return fail(errw, fmt.Errorf("%s is not a file of peers/steps.py: %w", path, err))
	}
	f, err := figure.Deviations(all)
	if err != nil {
		return fail(errw, fmt.Errorf("%s: %w", path, err))
	}
	paths, err := f.Save(filepath.Join(cmp.Or(dir, filepath.Dir(path)), "steps"))
	if err != nil {
		return fail(errw, err)
	}
	for _, p := range paths {
		fmt.Fprintln(out, p)
	}
	return exitOK
}
