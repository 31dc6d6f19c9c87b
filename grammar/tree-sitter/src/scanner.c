// What the words of a plan alone do not decide: which newline ends a statement, which bar begins a
// row of a table, where a number has a unit, and when `p99` is a measure. The counterpart of
// compiler/planc/syntax/lexer.py, kept to it by the tests.

#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in grammar.js.
enum Token { NEWLINE, ROW, QUANTITY, PERCENTILE, BRACE, ERROR_SENTINEL };

void *tree_sitter_plan_external_scanner_create(void) { return NULL; }
void tree_sitter_plan_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_plan_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload, (void)buffer;
  return 0;
}
void tree_sitter_plan_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload, (void)buffer, (void)length;
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }
static void skip(TSLexer *lexer) { lexer->advance(lexer, true); }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_lower(int32_t c) { return c >= 'a' && c <= 'z'; }
// The micro sign and the Greek letter, both in use for microseconds.
static bool is_letter(int32_t c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == 0xB5 || c == 0x3BC; }
static bool is_word(int32_t c) { return is_letter(c) || is_digit(c) || c == '_'; }

static bool take(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

// Reads a word of at most `size - 1` letters; a longer one is none that is looked for.
static void read_word(TSLexer *lexer, char *word, unsigned size) {
  unsigned length = 0;
  for (; is_word(lexer->lookahead); advance(lexer)) {
    if (length < size - 1) word[length++] = lexer->lookahead < 128 ? (char)lexer->lookahead : '?';
  }
  word[length] = '\0';
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++) {
    if (strcmp(word, *words) == 0) return true;
  }
  return false;
}

// A statement goes on in a line that begins with one of these, with `}`, or with the `{` it waits for.
static bool goes_on(TSLexer *lexer, const bool *valid) {
  static const char *const words[] = {"and", "or", "else", NULL};
  char word[8];
  if (lexer->lookahead == '}') return true;
  if (lexer->lookahead == '{') return valid[BRACE];
  read_word(lexer, word, sizeof word);
  return is_one_of(word, words);
}

static bool scan_newline(TSLexer *lexer, const bool *valid) {
  bool commented = false;
  advance(lexer);
  lexer->mark_end(lexer);
  for (;;) {
    while (is_blank(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead != '#') break;
    commented = true;
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
  }
  if (lexer->eof(lexer)) return false;
  if (valid[ROW] && lexer->lookahead == '|') {
    // Comments between two rows are read first, and then the row.
    if (commented) return false;
    advance(lexer);
    lexer->mark_end(lexer);
    return take(lexer, ROW);
  }
  return valid[NEWLINE] && !goes_on(lexer, valid) && take(lexer, NEWLINE);
}

static void digits(TSLexer *lexer) {
  while (is_digit(lexer->lookahead) || lexer->lookahead == '_') advance(lexer);
}

// The units that may follow a number after a stroke without one before it: `100/s`.
static bool is_rate(TSLexer *lexer) {
  static const char *const units[] = {"ns",  "us", "ms",  "s",    "sec", "secs", "second", "seconds", "m", "min", "mins",
                                      "minute", "minutes", "h", "hour", "hours", "d", "day", "days", NULL};
  char word[12];
  read_word(lexer, word, sizeof word);
  return is_one_of(word, units);
}

static bool scan_quantity(TSLexer *lexer) {
  digits(lexer);
  if (lexer->lookahead == '.') {
    advance(lexer);
    if (!is_digit(lexer->lookahead)) return false;
    while (is_digit(lexer->lookahead)) advance(lexer);
  }
  if (lexer->lookahead == '%') {
    advance(lexer);
    lexer->mark_end(lexer);
    return take(lexer, QUANTITY);
  }
  if (lexer->lookahead == '/') {
    advance(lexer);
    if (!is_rate(lexer)) return false;
    lexer->mark_end(lexer);
    return take(lexer, QUANTITY);
  }
  if (!is_letter(lexer->lookahead)) return false;
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) advance(lexer);
  lexer->mark_end(lexer);
  if (lexer->lookahead == '/') {
    advance(lexer);
    if (is_lower(lexer->lookahead)) {
      while (is_lower(lexer->lookahead)) advance(lexer);
      lexer->mark_end(lexer);
    }
  }
  return take(lexer, QUANTITY);
}

static bool scan_percentile(TSLexer *lexer) {
  char word[8];
  advance(lexer);
  if (!is_digit(lexer->lookahead)) return false;
  while (is_digit(lexer->lookahead)) advance(lexer);
  if (lexer->lookahead == '.') {
    advance(lexer);
    if (!is_digit(lexer->lookahead)) return false;
    while (is_digit(lexer->lookahead)) advance(lexer);
  }
  lexer->mark_end(lexer);
  if (lexer->lookahead != ' ' && lexer->lookahead != '\t') return false;
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') advance(lexer);
  read_word(lexer, word, sizeof word);
  return strcmp(word, "latency") == 0 && take(lexer, PERCENTILE);
}

bool tree_sitter_plan_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  // All tokens are valid only while the parser recovers; the newlines are what it recovers at.
  bool recovering = valid[ERROR_SENTINEL];
  while (is_blank(lexer->lookahead)) {
    if (lexer->lookahead == '\n' && (valid[NEWLINE] || valid[ROW])) return scan_newline(lexer, valid);
    skip(lexer);
  }
  if (recovering) return false;
  if (valid[QUANTITY] && is_digit(lexer->lookahead)) return scan_quantity(lexer);
  if (valid[PERCENTILE] && lexer->lookahead == 'p') return scan_percentile(lexer);
  return false;
}
