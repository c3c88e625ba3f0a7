package report

import "strings"

// branch is one line of a tree, and what hangs below it.
type branch struct {
	// label stands in a column of its own, as wide as the widest one beside it. Both texts are clean.
	label      string
	labelStyle style
	text       string
	textStyle  style
	below      []branch
}

// maxLabel bounds the column of labels.
const maxLabel = 24

// tree writes branches, one below the other, each with what hangs below it:
//
//	├─ label  text that goes on below itself
//	│  │      where it does not fit
//	│  └─ label  text
//	└─ label  text
func (p *printer) tree(indent string, branches []branch) {
	width := widest(branches, maxLabel, func(b branch) string { return b.label })
	for i, each := range branches {
		joint, beside := "├─ ", "│  "
		if i == len(branches)-1 {
			joint, beside = "└─ ", "   "
		}
		p.branch(indent, joint, beside, each, width)
		p.tree(indent+beside, each.below)
	}
}

// branch writes one branch without what is below. The lead of the text's later lines keeps the lines of the tree whole.
func (p *printer) branch(indent, joint, beside string, b branch, width int) {
	below := "   "
	if len(b.below) > 0 {
		below = "│  "
	}
	lead := []span{{indent + joint, dim}}
	if width > 0 {
		lead = append(lead, span{pad(b.label, width) + "  ", b.labelStyle})
	}
	later := []span{{indent + beside, dim}}
	column := cells(indent+joint) + width + 2
	if width == 0 {
		column -= 2
	}
	rows := wrap(b.text, max(p.width-column, 1))
	if column > p.width*3/5 && b.label != "" { // too narrow for two columns
		p.line(append(lead[:1:1], span{b.label, b.labelStyle})...)
		column = cells(indent+beside) + 3
		rows = wrap(b.text, max(p.width-column, 1))
		lead = append(later, span{below, dim})
	} else if len(rows) == 0 {
		p.line(lead...)
	}
	gap := column - cells(indent+beside)
	if gap >= 3 {
		later = append(later, span{below + strings.Repeat(" ", gap-3), dim})
	}
	for i, row := range rows {
		if i == 0 {
			p.line(append(lead, span{row, b.textStyle})...)
			continue
		}
		p.line(append(later[:len(later):len(later)], span{row, b.textStyle})...)
	}
}
