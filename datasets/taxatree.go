package datasets

import (
	"fmt"
	"strings"
)

// taxaLevels is the tree of Taxa's classes: every value of a level is divided into all values of the next.
var taxaLevels = [...]struct {
	name   string
	values []string
}{
	{"motif", []string{"stripes", "bricks", "grains", "zigzag"}},
	{"arrangement", []string{"across", "along", "slanted"}},
	{"palette", []string{"amber", "jade", "violet"}},
	{"overlay", []string{"plain", "discs", "net"}},
}

// TaxaDepths is the number of levels below the root of Taxa's tree of classes: the depth of a leaf.
const TaxaDepths = len(taxaLevels)

// taxaLeaves is how many classes Taxa has: 4 * 3 * 3 * 3.
const taxaLeaves = 108

// taxaPath is the value of a leaf at each level.
func taxaPath(leaf int) (path [TaxaDepths]int) {
	if leaf < 0 || leaf >= taxaLeaves {
		panic(fmt.Sprintf("datasets: no leaf %d in taxa, want 0 to %d", leaf, taxaLeaves-1))
	}
	for k := TaxaDepths - 1; k >= 0; k-- {
		n := len(taxaLevels[k].values)
		path[k], leaf = leaf%n, leaf/n
	}
	return path
}

// TaxaPath is the names from the root's child to a leaf, which is a label of Taxa:
// [bricks slanted amber net]. It panics if there is no such leaf.
func TaxaPath(leaf int) []string {
	names := make([]string, TaxaDepths)
	for k, v := range taxaPath(leaf) {
		names[k] = taxaLevels[k].values[v]
	}
	return names
}

// TaxaDepth is the depth of the lowest common ancestor of two leaves: 0 where they share the root alone, TaxaDepths
// where they are the same. Chance is not 0: over pairs of distinct leaves its mean is 36/107 = 0.34, and
// over all pairs, equal ones included, 1/4 + 1/12 + 1/36 + 1/108 = 0.37.
func TaxaDepth(a, b int) int {
	p, q := taxaPath(a), taxaPath(b)
	for k := range p {
		if p[k] != q[k] {
			return k
		}
	}
	return TaxaDepths
}

// taxaClasses are the names of the nodes at a depth from 1 to TaxaDepths, in the order of the leaves below them.
func taxaClasses(depth int) []string {
	names := []string{""}
	for k := range depth {
		var next []string
		for _, above := range names {
			for _, v := range taxaLevels[k].values {
				next = append(next, strings.TrimPrefix(above+" · "+v, " · "))
			}
		}
		names = next
	}
	return names
}

// taxaTree is the labels of leaves at each level.
func taxaTree(leaves []int) []Level {
	tree := make([]Level, TaxaDepths)
	below := taxaLeaves
	for k := range tree {
		below /= len(taxaLevels[k].values)
		tree[k] = Level{Name: taxaLevels[k].name, Classes: taxaClasses(k + 1), Labels: make([]int, len(leaves))}
		for i, leaf := range leaves {
			tree[k].Labels[i] = leaf / below
		}
	}
	return tree
}
