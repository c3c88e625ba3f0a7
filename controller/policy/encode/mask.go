package encode

import (
	"maps"
	"slices"
)

// Mask is a set of paths into a document, closed under "and all below". It says
// which parts of an input any policy can read, and which paths a policy refers
// to. The zero Mask is empty.
type Mask struct {
	whole  bool
	fields map[string]*Mask
}

// Whole is the mask of an entire document.
func Whole() *Mask { return &Mask{whole: true} }

// Add puts a path and all below it into the mask; the empty path is the whole document.
func (m *Mask) Add(path ...string) {
	for _, name := range path {
		if m.whole {
			return
		}
		next := m.fields[name]
		if next == nil {
			if m.fields == nil {
				m.fields = map[string]*Mask{}
			}
			next = &Mask{}
			m.fields[name] = next
		}
		m = next
	}
	m.whole, m.fields = true, nil
}

// Union adds all of the other mask's paths.
func (m *Mask) Union(other *Mask) {
	if other == nil || m.whole {
		return
	}
	if other.whole {
		m.Add()
		return
	}
	for name, below := range other.fields {
		if m.fields == nil {
			m.fields = map[string]*Mask{}
		}
		if m.fields[name] == nil {
			m.fields[name] = &Mask{}
		}
		m.fields[name].Union(below)
	}
}

// Paths are the paths in the mask, sorted; the empty path is the whole document.
func (m *Mask) Paths() [][]string {
	if m.Empty() {
		return nil
	}
	if m.whole {
		return [][]string{nil}
	}
	var paths [][]string
	for _, name := range slices.Sorted(maps.Keys(m.fields)) {
		for _, below := range m.fields[name].Paths() {
			paths = append(paths, append([]string{name}, below...))
		}
	}
	return paths
}

// Empty says that no path is in the mask.
func (m *Mask) Empty() bool { return m == nil || !m.whole && len(m.fields) == 0 }

// Touches says whether the path is in the mask, or above or below a path that is.
func (m *Mask) Touches(path []string) bool {
	if m.Empty() {
		return false
	}
	for _, name := range path {
		if m.whole {
			return true
		}
		next := m.fields[name]
		if next == nil {
			return false
		}
		m = next
	}
	return true
}

// below gives the mask under a name, or nil where nothing there is in it.
func (m *Mask) below(name string) *Mask {
	if m.whole {
		return m
	}
	return m.fields[name]
}
