package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/hardneg/hardneg/lib/experiment"
	"github.com/hardneg/hardneg/lib/figure"
)

const figureSynopsis = `figure [DIR] [--out DIR]

Draws figures and tables again from the records in DIR (out), one set for each group of records that may be compared.
`

func figureCommand(_ context.Context, args []string, out, errw io.Writer) int {
	set := flags("figure")
	to := set.String("out", "", "folder of the figures; empty is that of the records")
	rest, err := parse(set, args, figureSynopsis, out)
	if err != nil {
		return fail(errw, err)
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
