/** One request of an access log. */
export interface LogRequest {
  readonly host: string;
  /** Empty in the Common Log Format. */
  readonly agent: string;
  readonly timeS: number;
  readonly method: string;
  /** As logged, with its query. */
  readonly target: string;
  readonly status: number;
  /** null where the log has `-`. */
  readonly bytes: number | null;
}

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const line = new RegExp(
  String.raw`^(\S{1,255}) \S+ [^\[]{1,512} \[([^\]]{1,64})\] ${quoted} (\d{3}) (\d{1,15}|-)(?: ${quoted} ${quoted})?`,
);
const time = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Reads a line of the Common or Combined Log Format (fields after those are ignored); null if it is none. */
export function readLogLine(text: string): LogRequest | null {
  const [, host = '', date = '', request = '', status, bytes, , agent = ''] = line.exec(text) ?? [];
  const timeS = readTime(date);
  const [method = '', target = ''] = request.split(' ');
  if (timeS === null || target === '') return null;
  return {
    host,
    agent,
    timeS,
    method,
    target,
    status: Number(status),
    bytes: bytes === '-' ? null : Number(bytes),
  };
}

/** `10/Oct/2000:13:55:36 -0700` in seconds since the epoch. */
function readTime(text: string): number | null {
  const parts = time.exec(text);
  if (parts === null) return null;
  const [, day, monthName = '', year, hour, minute, second, sign, offsetHours, offsetMinutes] = parts;
  const month = months.indexOf(monthName);
  if (month < 0) return null;
  const local =
    Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  const offset = Number(offsetHours) * 3600 + Number(offsetMinutes) * 60;
  const timeS = sign === '-' ? local + offset : local - offset;
  return timeS >= 0 ? timeS : null;
}
