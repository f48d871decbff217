package cli

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/atomicfile"
	"github.com/hardneg/hardneg/lib/suggest"
)

const dataSynopsis = `data list [--dir DIR]
       hardneg data get NAME [--dir DIR]
       hardneg data check NAME [--dir DIR]
       hardneg data sheet NAME [--out FILE.png] [--classes N] [--images N] [--dir DIR]

list says which sets there are and which are here; get downloads one, and goes on with a download that was
interrupted; check compares the sums of its files with those published; sheet draws images by class.
`

// dataActions are the words after `hardneg data`.
var dataActions = []string{"list", "get", "check", "sheet"}

func dataCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	set := flags("data")
	dir := set.String("dir", "", "folder of the data; empty is the usual places, for get the user's cache")
	sheet := set.String("out", "", "sheet: the picture; empty is NAME.png")
	classes := set.Int("classes", 12, "sheet: classes, spread over all; 0 is each")
	images := set.Int("images", 12, "sheet: images of each class")
	rest, err := parse(set, args, dataSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	if len(rest) == 0 {
		return fail(errw, usagef("data needs one of %s: type `hardneg data list`", strings.Join(dataActions, ", ")))
	}
	action, names := rest[0], rest[1:]
	switch action {
	case "list":
		if len(names) > 0 {
			return fail(errw, usagef("data list takes no name: type `hardneg data check %s` for one set", names[0]))
		}
		if err := folder("dir", *dir); err != nil {
			return fail(errw, err)
		}
		listData(out, *dir)
		return exitOK
	case "get", "check", "sheet":
	default:
		return fail(errw, usageError{suggest.Unknown("action of data", action, dataActions)})
	}
	if len(names) != 1 {
		return fail(errw, usagef("data %s takes one set: there are %s", action, strings.Join(datasets.Names(), ", ")))
	}
	name := names[0]
	if !slices.Contains(datasets.Names(), name) {
		return fail(errw, usageError{suggest.Unknown("data set", name, datasets.Names())})
	}
	if action == "get" {
		return getData(ctx, name, *dir, out, errw)
	}
	if err := folder("dir", *dir); err != nil {
		return fail(errw, err)
	}
	if action == "check" {
		return checkData(name, *dir, out, errw)
	}
	if *classes < 0 || *images < 1 {
		return fail(errw, usagef("a sheet of %d classes with %d images each: give --classes 1 or more (0 is each) and --images 1 or more", *classes, *images))
	}
	if *sheet == "" {
		*sheet = name + ".png"
	}
	return fail(errw, sheetData(name, *dir, *sheet, *classes, *images, out))
}

func listData(out io.Writer, dir string) {
	fmt.Fprintf(out, "%-16s %-7s %-7s %-9s %-8s %s\n", "set", "train", "test", "pixels", "classes", "where")
	for _, s := range datasets.List(dir) {
		where := s.Folder
		switch {
		case s.Problem != nil:
			where = "not usable: " + s.Problem.Error()
		case !s.Here:
			where = fmt.Sprintf("not here: hardneg data get %s (%d MB)", s.Name, (s.Bytes+999999)/1000000)
		case where == "":
			where = "computed, no download"
		}
		fmt.Fprintf(out, "%-16s %-7d %-7d %-9s %-8d %s\n", s.Name, s.Train, s.Test, fmt.Sprintf("%d x %d", s.Height, s.Width), s.Classes, where)
	}
}

func getData(ctx context.Context, name, dir string, out, errw io.Writer) int {
	if name == "taxa" {
		fmt.Fprintln(out, "taxa is computed: there is nothing to download")
		return exitOK
	}
	p := newProgress(errw)
	err := datasets.Get(ctx, name, dir, func(at datasets.Progress) {
		if time.Since(p.last) < p.every {
			return
		}
		p.last = time.Now()
		p.line(fmt.Sprintf("%s: %d of %d MB", at.Address, at.Done/1000000, at.Total/1000000))
	})
	p.done()
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(errw, "hardneg: interrupted: what has arrived is kept; `hardneg data get %s` goes on from there\n", name)
		return exitInterrupted
	}
	if err != nil {
		return fail(errw, err)
	}
	return checkData(name, dir, out, errw)
}

func checkData(name, dir string, out, errw io.Writer) int {
	checks, err := datasets.Check(name, dir)
	if err != nil {
		return fail(errw, err)
	}
	for _, c := range checks {
		fmt.Fprintf(out, "%s  %d bytes  sha256 %s\n  %s\n", c.Path, c.Bytes, c.SHA256, c.Verdict)
	}
	if len(checks) == 0 {
		fmt.Fprintf(out, "%s is computed: there are no files to check\n", name)
	}
	return exitOK
}

func sheetData(name, dir, path string, classes, images int, out io.Writer) error {
	train, _, err := datasets.Open(name, datasets.Options{Dir: dir})
	if err != nil {
		return err
	}
	if n := len(train.Classes()); classes > n {
		return usagef("--classes %d: %s has %d; 0 shows each", classes, name, n)
	}
	picture, err := datasets.Sheet(train, classes, images, datasets.SheetOptions{})
	if err != nil {
		return err
	}
	if err := atomicfile.Write(path, func(w io.Writer) error { return png.Encode(w, picture) }); err != nil {
		return err
	}
	fmt.Fprintln(out, path)
	return nil
}
