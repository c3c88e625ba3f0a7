package codeowners

// EditedLine gives a line's text, without its ending, as Apply would write it for edits of owners in that line. It looks
// at no other line, so that showing many edits one by one costs no more than what is shown.
func (f *File) EditedLine(line int, edits ...Edit) (string, error) {
	e := &editor{file: f, changed: map[int]string{}}
	for i, edit := range edits {
		e.edit = i
		if err := edit.apply(e); err != nil {
			return "", &EditError{i, err}
		}
	}
	if text, changed := e.changed[line]; changed {
		return text, nil
	}
	return f.Line(line).Text, nil
}
