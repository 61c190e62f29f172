import { pluginContract } from '@deskgraph/plugin-testing';
import { mia, plugin } from './chat-host.js';

pluginContract(plugin, { extends: ['Customer'], principal: mia });
