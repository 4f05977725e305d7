package httpd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeTime bounds how long a client may leave what it is sent unread.
const writeTime = 30 * time.Second

// sseWriter writes server-sent events.
type sseWriter struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (o *sseWriter) message(kind string, id int64, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return o.raw(kind, id, b)
}

// raw writes one message; JSON has no line breaks, so it is one data line.
func (o *sseWriter) raw(kind string, id int64, data []byte) error {
	head := ""
	if id != 0 {
		head = fmt.Sprintf("id: %d\n", id)
	}
	return o.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", head, kind, data))
}

func (o *sseWriter) comment(text string) error {
	if err := o.write(": " + text + "\n\n"); err != nil {
		return err
	}
	return o.flush()
}

func (o *sseWriter) write(text string) error {
	if o.err != nil {
		return o.err
	}
	_ = o.rc.SetWriteDeadline(time.Now().Add(writeTime)) // not every writer has one
	_, o.err = o.w.Write([]byte(text))
	return o.err
}

func (o *sseWriter) flush() error {
	if o.err == nil {
		o.err = o.rc.Flush()
	}
	return o.err
}
