package datasets

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// Summary is one line of List.
type Summary struct {
	Name          string
	Folder        string // where it is; "" if it is not here, or is computed
	Here          bool   // whether Open would find it; true for a set that is computed
	Problem       error  // an incomplete set, or a folder that may not be read; nil otherwise
	Train, Test   int    // images
	Height, Width int    // of an image in pixels
	Classes       int
	Address       string // of what Get downloads; "" for a set that is computed
	Bytes         int64  // that Get downloads
}

// List says for each set whether it is here and what it is like. It looks where Open looks, and reads no images.
func List(dir string) []Summary {
	var list []Summary
	for _, name := range Names() {
		f := filesOf(name)
		if f == nil {
			list = append(list, Summary{Name: name, Here: true, Train: TaxaTrain, Test: TaxaTest, Height: TaxaSize, Width: TaxaSize,
				Classes: taxaLeaves})
			continue
		}
		s := Summary{Name: name, Train: f.images[0], Test: f.images[1], Height: f.side, Width: f.side, Classes: len(f.classes),
			Address: f.address, Bytes: f.bytes()}
		if len(f.downloads) == 1 {
			s.Address += f.downloads[0].file
		}
		if strings.HasSuffix(name, "-coarse") {
			s.Classes = len(cifar100Coarse)
		}
		folder, err := f.find(dir)
		if err == nil {
			s.Folder, s.Here = filepath.Clean(folder), true
		} else if !errors.Is(err, fs.ErrNotExist) {
			s.Problem = err
		}
		list = append(list, s)
	}
	return list
}
