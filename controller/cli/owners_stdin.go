package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
)

const (
	// maxPathBytes bounds a line of standard input. Linux bounds a path by 4,096 bytes.
	maxPathBytes = 1 << 20
	// maxComplaints bounds how many paths are complained about one by one.
	maxComplaints = 10
)

// answerStream answers for each path of standard input, as it comes.
func answerStream(environment Environment, flags ownersFlags, place *checkout, answers *answers) error {
	scanner := bufio.NewScanner(environment.In)
	scanner.Buffer(make([]byte, 0, 64<<10), maxPathBytes)
	end, unit := byte('\n'), "line"
	if flags.null {
		end, unit = 0, "path"
	}
	scanner.Split(splitAt(end))
	var number, failed int
	for scanner.Scan() {
		number++
		line := scanner.Text()
		if line == "" {
			continue
		}
		path, err := place.relative(line)
		if err == nil && path == "." {
			err = errors.New("it is the checkout itself, and with --stdin each path is a file")
		}
		if err != nil {
			if failed++; failed <= maxComplaints {
				say(environment.Err, "standard input, %s %d: %v", unit, number, err)
			}
			continue
		}
		if err := answers.add(path); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
	}
	if err := scanner.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("it is over %d bytes, which no path is", maxPathBytes)
		}
		return fmt.Errorf("standard input, %s %d: %w", unit, number+1, err)
	}
	if failed > 0 {
		return fmt.Errorf("%s of standard input could not be answered", plural(failed, "path", "paths"))
	}
	return nil
}

// splitAt makes a split function for paths that end in a byte. A line may end in CR LF.
func splitAt(end byte) bufio.SplitFunc {
	return func(data []byte, atEnd bool) (advance int, token []byte, err error) {
		if i := bytes.IndexByte(data, end); i >= 0 {
			token, advance = data[:i], i+1
		} else if atEnd && len(data) > 0 {
			token, advance = data, len(data)
		} else {
			return 0, nil, nil
		}
		if end == '\n' {
			token = bytes.TrimSuffix(token, []byte("\r"))
		}
		return advance, token, nil
	}
}
