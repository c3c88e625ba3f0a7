package codeowners

// LineEditor shows what edits of owners make of single lines of a file. It keeps its room from line to line, so it is for
// one goroutine at a time.
type LineEditor struct{ editor editor }

// LineEditor gives a new LineEditor.
func (f *File) LineEditor() *LineEditor {
	return &LineEditor{editor{file: f, changed: map[int]string{}}}
}

// EditedLine gives a line's text, without its ending, as Apply would write it for edits of owners in that line. It looks
// at no other line, so that showing many edits one by one costs no more than what is shown.
func (l *LineEditor) EditedLine(line int, edits ...Edit) (string, error) {
	e := &l.editor
	clear(e.changed)
	for i, edit := range edits {
		e.edit = i
		if err := edit.apply(e); err != nil {
			return "", &EditError{i, err}
		}
	}
	if text, changed := e.changed[line]; changed {
		return text, nil
	}
	return e.file.Line(line).Text, nil
}
