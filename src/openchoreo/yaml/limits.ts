/** Characters of a YAML file; what is larger is no manifest. */
export const maximumFile = 4 * 1024 * 1024;

/** Characters of one document: a cluster stores no larger object. */
export const maximumDocument = 1.5 * 1024 * 1024;

/** Words, punctuation and blanks of a document, as the YAML library counts them: about 30,000 lines `key: value`. */
export const maximumTokens = 200_000;

/** Mappings and lists inside one another. */
export const maximumDepth = 200;

/** Characters of a document with every alias written out, and 8 for each value. */
export const maximumExpansion = 8 * 1024 * 1024;
