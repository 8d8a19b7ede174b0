import type { Requirement } from '../harness/requirement.ts';

const must = (id: string, description: string): Requirement => ({ id, level: 'MUST', description });

/** What one caller could do to the others, or to the gateway. */
export const THREAT_IDS: readonly Requirement[] = [
  must('S1', 'A long literal and its error message do not block the event loop.'),
  must('S2', 'All work is charged, and no caller can take the time of the others.'),
  must('S3', 'A GET with malformed percent-escapes does not pass the document limits.'),
  must('S4', 'The size of a response and of all unread responses is limited.'),
  must('S5', 'A subscriber with many names does not delay the others.'),
  must('S6', 'The WebSockets of one caller and of one address are limited.'),
  must('S7', 'The requests and bodies of one caller and of one address are limited.'),
  must('S8', 'The upstream calls and the starts of one caller are limited.'),
  must('S9', 'A forged compile cache is never executed.'),
  must('S10', 'The server runs without the Node binary from the npm registry.'),
  must('S11', 'A request to upgrade to another protocol is served as a normal request.'),
  must('S12', 'A WebSocket sends one small message before it is authenticated.'),
  must('S13', 'A long content type is refused in linear time.'),
  must('LOW-01', 'No hint reveals the schema while introspection is off.'),
  must('LOW-02', 'A malformed host is refused with 400.'),
  must('LOW-03', 'The retry delay that an upstream asks for is capped.'),
  must('LOW-04', 'The response cache distinguishes bodies whose values differ.'),
  must('LOW-05', 'Health checks and metrics are protected, and can have their own port.'),
  must('LOW-06', 'Readiness checks and refused tokens cause little work and few log bytes.'),
  must('LOW-07', 'A refused upgrade or WebSocket is logged and counted.'),
  must('LOW-08', 'A token needs a non-empty string as its subject.'),
  must('LOW-09', 'An insecure endpoint is a warning, and contradicting settings are errors.'),
  must('LOW-10', 'Bidirectional control characters are refused, and never shown as they are.'),
  must('LOW-11', 'Every refusal has the code that the documentation lists.'),
];
