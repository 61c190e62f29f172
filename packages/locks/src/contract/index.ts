export { lockServiceContract } from './lock-service-contract.js';
