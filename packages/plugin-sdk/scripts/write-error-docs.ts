import { writeFileSync } from 'node:fs';
import { errorDocs, renderErrorDocs } from './error-docs.js';

writeFileSync(errorDocs, renderErrorDocs());
