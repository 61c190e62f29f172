import { pluginContract } from '@deskgraph/plugin-testing';
import { mia, plugin } from './customers-host.js';

pluginContract(plugin, { principal: mia });
