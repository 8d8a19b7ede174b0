/**
 * Words and phrases that make a reader stop, each with what to write instead.
 * docs/glossary.md has the terms to use.
 */
export const PATTERNS = [
  [/\b(?:is|are|was|were|be) told\b/i, 'say "is called", "receives" or "is notified"'],
  [/\btells? of\b/i, 'say "reports" or "describes"'],
  [/\bmade up for\b/i, 'name what replaced it, such as "served stale data"'],
  [/\b(?:some|any|no)body(?:'s|’s)?\b/i, 'name the caller, client or request'],
  [/\b(?:whoever|whomever|whom)\b/i, 'name the caller, client or request'],
  [/(?:^|[.:;] )Who(?:se)? (?!can |may |is |are |does |do )[^?]*$/, 'start with the noun'],
  [/\bin vain\b/i, 'say "without a result"'],
  [/\bbe it\b/i, 'say "whether"'],
  [/\bseldom\b/i, 'say "rarely"'],
  [/\bof late\b/i, 'say "recently"'],
  [/\bbesides\b/i, 'say "in addition to" or "except"'],
  [/\bof (?:its|our|their|his|her|your|my) own\b/i, 'say "separate", "custom" or "its"'],
  [/\bas good as new\b/i, 'say "fresh"'],
  [/\bto be had\b/i, 'say "available"'],
  [/\bgoes by\b/i, 'say "uses" or "follows"'],
  [/\bunder way\b/i, 'say "in flight" or "in progress"'],
  [/\bbef[ae]ll?\b|\bbefallen\b/i, 'say "happens to"'],
  [/\bwish(?:es|ed)?\b/i, 'say "request"'],
  [/\bmend(?:s|ed|ing)?\b/i, 'say "fix"'],
  [/\bfor want of\b/i, 'say "without"'],
  [/\bat the (?:most|least)\b/i, 'say "at most" or "at least"'],
  [/\b(?:takes?|taken|took) for\b/i, 'say "treats as"'],
  [/\bmakes? do\b/i, 'say "accepts" or "uses"'],
  [/\bgives? up\b|\bgiven up\b|\bgave up\b/i, 'say "aborts", "cancels" or "stops"'],
  [/\b(?:mailbox|turnstile)\b/i, 'use the standard term'],
  [/\b(?:past|through|at) the door\b/i, 'say "authentication"'],
];

/** The same for the first words of a doc comment. */
export const OPENINGS = [
  [/^(?:Gives|Tells|Says|Makes sure)\b/, 'start with "Returns", "Reports" or "Ensures"'],
  [/^(?:Somebody|Whoever|Who|Whom|Whose)\b/, 'start with the noun that it describes'],
  [/^(?:Of|As much of) (?:a|an|the|what)\b/, 'start with the noun that it describes'],
];
