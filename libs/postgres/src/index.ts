export { type Transaction } from './transaction.js';
