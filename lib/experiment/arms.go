package experiment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/contrast"
)

// Family is the records that may be compared with each other: all else equal, they differ in policy, method and seed.
type Family struct {
	Setting Setting // of its MoCo runs, without policy and seed; of another method where there are none
	Arms    []Arm   // 0-100 first, then bands from the hardest on, other policies, controls last
}

// Arm is the records of one policy or method, in the order of their seeds.
type Arm struct {
	Name    string
	Records []*Record
}

// Families groups finished records. Untrained and supervised encoders, which have no queue or no loss, belong to every
// family of their data and net.
func Families(records []*Record) []Family {
	var families []Family
	index := map[Setting]int{}
	var others []*Record
	for _, r := range records {
		if r.Result == nil {
			continue
		}
		if r.Setting.Method != MoCo {
			others = append(others, r)
			continue
		}
		s := r.Setting
		s.Policy, s.Seed = "", 0
		i, known := index[s]
		if !known {
			i = len(families)
			index[s] = i
			families = append(families, Family{Setting: s})
		}
		families[i].add(r)
	}
	for _, r := range others {
		found := false
		for i := range families {
			if shared(families[i].Setting) == shared(r.Setting) {
				families[i].add(r)
				found = true
			}
		}
		if !found {
			families = append(families, Family{Setting: r.Setting})
			families[len(families)-1].add(r)
		}
	}
	for i := range families {
		families[i].sort()
	}
	return families
}

// shared is what all methods have in common.
func shared(s Setting) Setting {
	return Setting{Version: s.Version, Dataset: s.Dataset, TrainImages: s.TrainImages, TestImages: s.TestImages,
		Size: s.Size, Net: s.Net, Width: s.Width}
}

func (f *Family) add(r *Record) {
	name := r.Setting.Arm()
	for i := range f.Arms {
		if f.Arms[i].Name == name {
			for _, have := range f.Arms[i].Records {
				if have.Setting.Seed == r.Setting.Seed {
					return // a control that differs in what this family does not have; the first one stays
				}
			}
			f.Arms[i].Records = append(f.Arms[i].Records, r)
			return
		}
	}
	f.Arms = append(f.Arms, Arm{name, []*Record{r}})
}

func (f *Family) sort() {
	for _, a := range f.Arms {
		slices.SortFunc(a.Records, func(a, b *Record) int { return cmp.Compare(a.Setting.Seed, b.Setting.Seed) })
	}
	slices.SortStableFunc(f.Arms, func(a, b Arm) int {
		return cmp.Or(cmp.Compare(place(a.Name), place(b.Name)), compareBands(a.Name, b.Name), strings.Compare(a.Name, b.Name))
	})
}

// Arm returns the arm called name, or an empty one.
func (f Family) Arm(name string) Arm {
	for _, a := range f.Arms {
		if a.Name == name {
			return a
		}
	}
	return Arm{Name: name}
}

func place(name string) int {
	_, err := contrast.ParseBand(name)
	switch {
	case name == "0-100":
		return 0
	case err == nil:
		return 1
	case name == Untrained:
		return 3
	case name == Supervised:
		return 4
	}
	return 2
}

func compareBands(a, b string) int {
	x, errX := contrast.ParseBand(a)
	y, errY := contrast.ParseBand(b)
	if errX != nil || errY != nil {
		return 0
	}
	return cmp.Or(cmp.Compare(x.Lo, y.Lo), cmp.Compare(x.Hi, y.Hi))
}
